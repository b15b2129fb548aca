"""Service requests 服务请求: matched to what was bought, answered in time."""
