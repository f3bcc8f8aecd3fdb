"""What pages share on screen: the shell, the filter bar, charts, tables, number formats, empty states."""
