"""The addresses that the templates name, for pages that are rendered without the rest of the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nowhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [path(f"accounts/{name}/", nowhere, name=f"account_{name}") for name in ("login", "logout", "reset_password")]
