"""Local example portals, one for each CMS family, with pages and articles written by us."""
