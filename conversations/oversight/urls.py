"""Addresses of settings and of the ledger's pages."""

from django.urls import path

from conversations.oversight import checkpoints, flags, kind_pages, ledger, outside, redaction, settings, verifying

urlpatterns = [
    path("ledger/", ledger.explorer, name="ledger"),
    path("ledger/export/", ledger.export, name="ledger_export"),
    path("ledger/searches/", ledger.keep, name="ledger_searches"),
    path("ledger/searches/<int:key>/delete/", ledger.forget, name="ledger_search_delete"),
    path("ledger/checkpoint/", checkpoints.latest, name="ledger_checkpoint"),
    path("ledger/checkpoints/", checkpoints.overview, name="ledger_checkpoints"),
    path("ledger/checkpoints/<int:size>/", checkpoints.one, name="ledger_checkpoint_of"),
    path("ledger/compare/", checkpoints.comparing, name="ledger_compare"),
    path("ledger/kinds/", kind_pages.overview, name="ledger_kinds"),
    path("ledger/kinds/<str:name>/", kind_pages.one, name="ledger_kind"),
    path("ledger/verify/", verifying.overview, name="ledger_verify"),
    path("ledger/verify/<int:key>/", verifying.one, name="ledger_verification"),
    path("ledger/verify/<int:key>/cancel/", verifying.cancel, name="ledger_verification_cancel"),
    path("ledger/<int:seq>/proof/", ledger.proof, name="ledger_proof"),
    path("ledger/outside/", outside.outside, name="ledger_outside"),
    path("ledger/programs/<str:name>", outside.program, name="ledger_program"),
    path("settings/", settings.overview, name="settings"),
    path("settings/flags/", flags.overview, name="flags"),
    path("settings/flags/severity/", flags.severity, name="flag_severity"),
    path("settings/redaction/", redaction.overview, name="redaction"),
    path("settings/redaction/patterns/", redaction.add, name="redaction_add"),
    path("settings/redaction/patterns/<int:pattern_id>/end/", redaction.end, name="redaction_end"),
    path("settings/redaction/retention/", redaction.retention, name="redaction_retention"),
    path("settings/policy/", settings.policy, name="settings_policy"),
    path("settings/stops/", settings.stop, name="settings_stop"),
    path("settings/stops/<int:stop_id>/end/", settings.resume, name="settings_resume"),
]
