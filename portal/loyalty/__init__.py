"""Points 积分: earned by bills that were paid, redeemed on the next one."""
