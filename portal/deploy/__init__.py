"""What a server needs around the portal: units, proxies' sites, settings; `.ci/install.sh` fills them in."""
