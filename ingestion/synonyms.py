"""The names that files use for our columns: English first, then German, French and Spanish, best first."""

from __future__ import annotations

__all__ = ["LAST_RESORT", "OTHER_UNITS", "OUR_UNITS", "SYNONYMS", "UNFIT"]

_ORIGIN = ("origin", "from", "start", "pickup", "ship from", "loading", "departure", "source")
_DESTINATION = ("destination", "to", "end", "delivery", "ship to", "unloading", "arrival", "dest")


def _ends(prefixes: tuple[str, ...], *parts: str) -> tuple[str, ...]:
    return tuple(f"{prefix} {part}" for part in parts for prefix in prefixes)


SYNONYMS: dict[str, tuple[str, ...]] = {
    "shipment_id": (
        "shipment", "shipment number", "shipment no", "shipment nr", "shipment ref", "shipment reference",
        "shipment code", "consignment id", "consignment", "consignment number", "consignment no",
        "tracking number", "tracking id", "waybill", "waybill number", "air waybill", "awb",
        "bill of lading", "bl number", "bol", "delivery id", "delivery number", "delivery no",
        "transport id", "load id", "load number", "booking number", "Sendungsnummer", "Sendungs-Nr",
        "Sendung", "Sendungs-ID", "Lieferungsnummer", "Lieferschein", "Lieferscheinnummer",
        "Transportnummer", "Auftragsnummer", "numéro d'expédition", "número de envío",
    ),
    "leg_no": (
        "leg", "leg number", "leg nr", "leg id", "leg sequence", "stage", "stage number", "segment",
        "segment number", "Teilstrecke", "Abschnitt",
    ),
    "departed_at": (
        "departed", "departed on", "departure at", "departure date", "departure time", "departure datetime",
        "departure timestamp", "date of departure", "actual departure", "atd", "ship date", "shipped date",
        "shipped at", "shipped on", "shipping date", "shipment date", "date shipped", "dispatch date",
        "despatch date", "dispatched at", "pickup date", "pick up date", "collection date", "loading date",
        "etd", "transport date", "goods issue date", "Versanddatum", "Versandtag", "Abfahrt",
        "Abfahrtsdatum", "Abgangsdatum", "Verladedatum", "Ladedatum", "Abholdatum", "Transportdatum",
        "Warenausgangsdatum", "date d'expédition", "date de départ", "fecha de envío", "fecha de salida",
    ),
    "arrived_at": (
        "arrived", "arrived on", "arrival date", "arrival time", "arrival datetime", "date of arrival",
        "actual arrival", "ata", "eta", "delivery date", "delivered date", "delivered at", "delivered on",
        "date delivered", "actual delivery date", "unloading date", "Ankunft", "Ankunftsdatum",
        "Lieferdatum", "Zustelldatum", "date d'arrivée", "date de livraison", "fecha de llegada",
        "fecha de entrega",
    ),
    "supplier_id": (
        "supplier", "supplier number", "supplier no", "supplier code", "supplier name", "vendor id",
        "vendor", "vendor number", "vendor no", "vendor code", "vendor name", "shipper", "shipper name",
        "Lieferantennummer", "Lieferanten-Nr", "Lieferant", "Lieferantenname", "Lieferanten-ID", "Kreditor",
        "Versender", "fournisseur", "proveedor",
    ),
    "carrier": (
        "carrier name", "carrier code", "scac", "forwarder", "freight forwarder", "haulier",
        "logistics provider", "transport company", "Spediteur", "Spedition", "Frachtführer", "Transporteur",
        "transportista",
    ),
    "product_group": (
        "product category", "product family", "product type", "product", "commodity", "commodity group",
        "category", "goods", "goods type", "material group", "Warengruppe", "Produktgruppe", "Ware",
        "Materialgruppe", "groupe de produits", "grupo de productos",
    ),
    "incoterm": (
        "incoterms", "inco term", "inco terms", "inco", "vendor inco term", "supplier inco term",
        "terms of delivery", "delivery terms", "trade terms", "Lieferbedingung", "Lieferbedingungen",
    ),
    "mode": (
        "transport mode", "mode of transport", "transportation mode", "shipment mode", "shipping mode",
        "freight mode", "ship mode", "mode of shipment", "shipping method", "transport type",
        "Verkehrsträger", "Transportart", "Transportmittel", "Versandart", "mode de transport",
        "modo de transporte",
    ),
    "vehicle_class": (
        "vehicle type", "vehicle", "vehicle category", "truck type", "vessel type", "aircraft type",
        "equipment type", "Fahrzeugklasse", "Fahrzeugtyp", "Fahrzeugart", "type de véhicule",
        "tipo de vehículo",
    ),
    "temperature_controlled": (
        "temperature control", "temp controlled", "temperature controlled transport", "refrigerated",
        "reefer", "cold chain", "cooled", "Kühltransport", "gekühlt", "temperaturgeführt",
    ),
    "origin": (
        *_ends(_ORIGIN, "city", "place", "location", "port", "airport", "site", "point",
              "address", "locode"),
        "from", "ship from", "place of origin", "origin name", "port of loading", "pol",
        "place of departure", "place of loading", "departure", "sender city", "source", "Startort",
        "Abgangsort", "Versandort", "Ladeort", "Beladeort", "Absendeort", "Herkunft", "Ursprung", "Von",
        "Start", "origine", "lieu de départ", "origen",
    ),
    "origin_country": (
        *_ends(_ORIGIN, "country", "country code", "nation"), "country of origin", "country from",
        "sender country", "Ursprungsland", "Herkunftsland", "Versandland", "Abgangsland", "Startland",
        "pays d'origine", "país de origen",
    ),
    "origin_lat": (*_ends(_ORIGIN, "latitude", "lat"), "lat origin", "latitude origin", "lat from"),
    "origin_lon": (
        *_ends(_ORIGIN, "longitude", "lon", "lng", "long"), "lon origin", "longitude origin", "lng from",
    ),
    "destination": (
        *_ends(_DESTINATION, "city", "place", "location", "port", "airport", "site", "point",
              "address", "locode"),
        "to", "ship to", "place of destination", "destination name", "port of discharge",
        "port of unloading", "pod", "place of delivery", "dest", "receiver city", "consignee city",
        "Zielort", "Ziel", "Empfangsort", "Entladeort", "Bestimmungsort", "Nach", "lieu d'arrivée",
        "lieu de livraison", "destino",
    ),
    "destination_country": (
        *_ends(_DESTINATION, "country", "country code", "nation"), "country of destination", "country to",
        "receiver country", "consignee country", "Zielland", "Empfangsland", "Bestimmungsland",
        "pays de destination", "país de destino",
    ),
    "destination_lat": (
        *_ends(_DESTINATION, "latitude", "lat"), "lat destination", "latitude destination", "lat to",
    ),
    "destination_lon": (
        *_ends(_DESTINATION, "longitude", "lon", "lng", "long"), "lon destination", "longitude destination",
        "lng to",
    ),
    "weight_kg": (
        "weight", "gross weight", "weight gross", "shipment weight", "actual weight", "total weight",
        "total gross weight", "cargo weight", "freight weight", "mass", "gross mass", "cargo mass", "wt",
        "Gewicht", "Bruttogewicht", "Sendungsgewicht", "Frachtgewicht", "Ladungsgewicht", "Gesamtgewicht",
        "Masse", "poids", "poids brut", "peso", "peso bruto",
    ),
    "distance_km": (
        "distance", "transport distance", "route distance", "trip distance", "travel distance",
        "total distance", "actual distance", "leg distance", "haul distance", "dist", "Distanz",
        "Entfernung", "Strecke", "Transportentfernung", "Streckenlänge", "distancia",
    ),
    "distance_basis": ("basis of distance", "distance type", "distance method"),
    "cost": (
        "freight cost", "freight costs", "transport cost", "transport costs", "transportation cost",
        "shipping cost", "shipping costs", "freight charge", "freight charges", "freight amount", "freight",
        "costs", "total freight cost", "Frachtkosten", "Transportkosten", "Versandkosten", "Fracht",
        "Kosten", "coût de transport", "costo de flete",
    ),
    "currency": (
        "currency code", "cost currency", "freight currency", "Währung", "Waehrung", "devise", "moneda",
    ),
    "hub_kg_per_t": ("hub intensity", "hub emission intensity", "hub kg co2e per t", "hub kg co2e per tonne"),
    "wtw_kg": (
        "wtw kg co2e", "wtw co2e", "co2e wtw", "wtw emissions", "emissions wtw", "reported wtw",
        "reported wtw emissions", "reported emission wtw", "ghg emissions wtw", "wtw",
    ),
}  # fmt: skip

# Names that fit only if no better one is there: an "ID", a bare "Country", the site a good was made at.
LAST_RESORT: dict[str, tuple[str, ...]] = {
    "shipment_id": ("id", "reference", "order id", "order number", "order no", "number"),
    "departed_at": (
        "date",
        "Datum",
        "fecha",
        "delivered to client date",
        "delivery date",
        "delivered date",
        "Lieferdatum",
    ),
    "supplier_id": ("manufacturer", "seller", "sender", "Hersteller", "Absender"),
    "origin": ("manufacturing site", "production site", "factory", "plant", "warehouse", "Werk"),
    "destination": ("customer city", "client city", "country", "client country", "customer country", "Land"),
}

OUR_UNITS: dict[str, tuple[str, ...]] = {
    "weight_kg": (
        "kg",
        "kgs",
        "kilo",
        "kilos",
        "kilogram",
        "kilograms",
        "kilogramm",
        "kilogrammes",
        "kilogramme",
    ),
    "distance_km": ("km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"),
    "wtw_kg": ("kg", "kgs", "kgco2e", "kgco2", "kilogram", "kilograms"),
}
OTHER_UNITS: dict[str, tuple[str, ...]] = {
    "weight_kg": (
        "lb", "lbs", "pound", "pounds", "t", "to", "mt", "ton", "tons", "tonne", "tonnes", "tonnen", "g",
        "gram", "grams", "gramm", "oz", "ounces", "cwt", "metrictons", "shorttons", "longtons",
    ),
    "distance_km": (
        "mi", "mile", "miles", "m", "meter", "meters", "metre", "metres", "nm", "nmi", "nauticalmiles",
        "Meilen",
    ),
    "wtw_kg": ("t", "tonne", "tonnes", "ton", "tons", "g", "gram", "grams", "tco2e", "gco2e", "lb", "lbs"),
}  # fmt: skip

# Names that look right and mean something else.
UNFIT: dict[str, dict[str, str]] = {
    "weight_kg": {
        key: why
        for why, keys in {
            "freight is carried at its chargeable weight only on paper, emissions need the actual mass": (
                "chargeableweight", "volumetricweight", "dimensionalweight", "volweight",
                "frachtpflichtigesgewicht",
            ),
            "emissions need the mass with packaging": ("netweight", "weightnet", "netmass", "nettogewicht"),
        }.items()
        for key in keys
    },
    "wtw_kg": dict.fromkeys(
        (
            "co2", "co2e", "co2kg", "co2ekg", "emissions", "ghgemissions", "carbonemissions",
            "co2emissions", "co2eemissions", "ttwkg", "ttw", "emissionen",
        ),
        "its name does not say that it is well-to-wheel in kg CO2e",
    ),
}  # fmt: skip
