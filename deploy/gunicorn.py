"""How gunicorn serves: processes and threads for two cores, on the address of the settings."""

from app.config import load

bind = load().listen
worker_class = "app.lanes.Worker"
workers = 2
threads = 8  # for pages that use the database; help and health have threads of their own (app/lanes.py)
timeout = 30
graceful_timeout = 20
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
control_socket_disable = True
accesslog = None
loglevel = "warning"
