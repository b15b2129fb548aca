"""The rules of intake: what a file says, which customers are alike, how two become one; pure."""
