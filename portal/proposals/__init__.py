"""Written solution proposals 方案书: drafted beside an opportunity, issued as papers (REQUIREMENTS O14)."""
