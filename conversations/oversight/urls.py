"""Addresses of settings and of the ledger's pages."""

from django.urls import path

from conversations.oversight import flags, ledger, outside, settings

urlpatterns = [
    path("ledger/", ledger.explorer, name="ledger"),
    path("ledger/checkpoint/", ledger.checkpoint, name="ledger_checkpoint"),
    path("ledger/<int:seq>/proof/", ledger.proof, name="ledger_proof"),
    path("ledger/outside/", outside.outside, name="ledger_outside"),
    path("ledger/programs/<str:name>", outside.program, name="ledger_program"),
    path("settings/", settings.overview, name="settings"),
    path("settings/flags/", flags.overview, name="flags"),
    path("settings/flags/severity/", flags.severity, name="flag_severity"),
    path("settings/policy/", settings.policy, name="settings_policy"),
    path("settings/stops/", settings.stop, name="settings_stop"),
    path("settings/stops/<int:stop_id>/end/", settings.resume, name="settings_resume"),
]
