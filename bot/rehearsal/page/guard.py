"""Who may talk to the page: a browser on this machine that was given the address, and no page of anybody else.

A name that somebody points at 127.0.0.1 arrives with its own Host; another site's script with its own Origin. Both are
refused, and so is whoever does not know the run's secret, which is the first part of every path.
"""

from collections.abc import Mapping

from aiohttp import web

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types rendered"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


_LOOPBACK = ("127.0.0.1", "localhost")


def why_refused(request: web.BaseRequest, port: int) -> str | None:
    """Return why a request is not answered; None when it is."""
    hosts = [f"{name}:{port}" for name in _LOOPBACK]
    origins = [f"http://{host}" for host in hosts]
    from_elsewhere = request.headers.get("Origin", origins[0]) not in origins or request.headers.get(
        "Sec-Fetch-Site", "none"
    ) not in ("same-origin", "none")
    reasons = {
        "only this machine may look": request.remote != "127.0.0.1",
        "this is not a name of the page": request.headers.getall("Host", []) not in [[host] for host in hosts],
        "another site may not do this": from_elsewhere,
        "only GET and POST are taken": request.method not in ("GET", "POST"),
        "only JSON is taken": request.method == "POST" and request.content_type != "application/json",
    }
    return next((why for why, refused in reasons.items() if refused), None)
