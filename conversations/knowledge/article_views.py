"""The pages on which articles are written, withdrawn and brought in from files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role
from accounts.rights import Right, person_has
from conversations.knowledge.actions import Keeping, save_article, withdraw_article
from conversations.knowledge.importing import NotReadable, Sheet, sheets_in, slug_of
from conversations.knowledge.models import Article
from conversations.knowledge.rendering import as_html
from conversations.tickets import texts
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import Invalid, NotFound, Problem

READERS = (Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
MOST = 500  # articles on the page
HISTORY = 30  # entries
FIELDS = ("slug", "language", "title", "body", "tags", "visibility", "usable", "owner", "review_on")
LARGEST_FILE = 10_000_000  # bytes

REASONS: dict[str, str | Promise] = {
    "no_zip": gettext_lazy("is no ZIP file"),
    "too_many": gettext_lazy("holds more than 500 files"),
    "too_large": gettext_lazy("is too large"),
    "damaged": gettext_lazy("is damaged"),
    "other_kind": gettext_lazy("is neither Markdown nor HTML"),
    "not_utf8": gettext_lazy("is not written in UTF-8"),
    "no_language": gettext_lazy("says no language"),
    "as_before": gettext_lazy("is here already, word for word"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of an import: the article that came of it, or why there is none."""

    file: str
    article: Article | None = None
    why: str | Promise = ""


@require_GET
@staff(*READERS)
def articles(request: StaffRequest) -> HttpResponse:
    """Those in use by title, what is due for review first; with `state=withdrawn` those that are not."""
    gone, language = request.GET.get("state") == "withdrawn", request.GET.get("language", "")
    found = _of_people().filter(withdrawn_at__isnull=not gone).select_related("owner").order_by("title", "language")
    if language:
        found = found.filter(language=language)
    today = timezone.localdate()
    rows = [{"article": row, "due": bool(row.review_on and row.review_on <= today)} for row in found[:MOST]]
    rows.sort(key=lambda row: not row["due"])
    context = {
        "rows": rows,
        "gone": gone,
        "only": language,
        "languages": _languages(),
        "may_write": person_has(request.user, Right.ADMINISTER),
    }
    return render(request, "knowledge/articles.html", context)


@require_http_methods(["GET", "POST"])
@staff(Role.ADMIN)
def new_article(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def edit_article(request: StaffRequest, article_id: int) -> HttpResponse:
    found = _article(article_id)
    if request.method == "POST" and not person_has(request.user, Right.ADMINISTER):
        raise NotFound
    return _form(request, found)


@require_GET
@staff(*READERS)
def article_version(request: StaffRequest, article_id: int, version: int) -> HttpResponse:
    """An article as it was saved once."""
    found = _article(article_id)
    row = found.versions.filter(version=version).select_related("person").first()
    if row is None:
        raise NotFound
    return render(request, "knowledge/version.html", {"article": found, "row": row, "html": as_html(row.body)})


@require_POST
@staff(Role.ADMIN)
def withdraw(request: StaffRequest, article_id: int) -> HttpResponse:
    withdraw_article(_article(article_id), by=actor(request))
    return redirect("article", article_id)


@require_http_methods(["GET", "POST"])
@staff(Role.ADMIN)
def bring_in(request: StaffRequest) -> HttpResponse:
    """Articles from files. Each is saved by itself, and of each file it is said what came of it."""
    language, visibility = request.POST.get("language", ""), request.POST.get("visibility", Article.Visibility.PUBLIC)
    taken: list[Taken] = []
    for file in request.FILES.getlist("files")[:50]:
        name = file.name or ""
        if (file.size or 0) > LARGEST_FILE:
            taken.append(Taken(name, why=REASONS["too_large"]))
            continue
        try:
            for each in sheets_in(name, file.read()):
                if isinstance(each, Sheet):
                    taken.append(_take(request, each, language=language, visibility=visibility))
                else:
                    taken.append(Taken(each[0], why=REASONS[each[1]]))
        except NotReadable as reason:
            taken.append(Taken(name, why=REASONS[str(reason)]))
    context = {
        "taken": taken,
        "none": request.method == "POST" and not taken,
        "saved": sum(each.article is not None for each in taken),
        "languages": _languages(),
        "visibilities": Article.Visibility.choices,
        "spoken": language,
        "visibility": visibility,
    }
    return render(request, "knowledge/import.html", context)


def _take(request: StaffRequest, sheet: Sheet, *, language: str, visibility: str) -> Taken:
    spoken = sheet.language or language
    if not spoken:
        return Taken(sheet.file, why=REASONS["no_language"])
    there = Article.objects.filter(slug=sheet.slug, language=spoken, withdrawn_at=None).first()
    if there and (there.title, there.body) == (
        texts.name(sheet.title),
        texts.remark(sheet.body, limit=len(sheet.body)),
    ):
        return Taken(sheet.file, why=REASONS["as_before"])
    keeping = Keeping(visibility=visibility, usable=visibility == Article.Visibility.PUBLIC)
    if there:
        keeping = Keeping(there.visibility, there.usable, there.owner, there.review_on)
    try:
        article = save_article(
            slug=sheet.slug,
            language=spoken,
            title=sheet.title,
            body=sheet.body,
            tags=sheet.tags,
            keeping=keeping,
            by=actor(request),
        )
    except Problem as problem:
        return Taken(sheet.file, why=problem.detail)
    return Taken(sheet.file, article=article)


def _form(request: StaffRequest, article: Article | None) -> HttpResponse:
    """The form, empty or with the article; a preview or a refusal comes back with what was typed."""
    if request.method != "POST":
        return _page(request, article)
    typed = {field: request.POST.get(field, "") for field in FIELDS}
    if "preview" in request.POST:
        return _page(request, article, typed=typed, preview=True)
    seen = request.POST.get("version", "")[:9]
    try:
        saved = save_article(
            slug=article.slug if article else typed["slug"].strip() or slug_of(typed["title"]),
            language=article.language if article else typed["language"],
            title=typed["title"],
            body=typed["body"],
            tags=typed["tags"].split(","),
            keeping=_keeping(typed),
            by=actor(request),
            seen=_seen(seen) if article else 0,
        )
    except NotFound:
        raise
    except Problem as problem:
        if article:
            article.refresh_from_db()
        return _page(request, article, typed=typed, problem=problem)
    return redirect("article", saved.pk)


def _seen(version: str) -> int:
    """The version that was on the screen; one that no article has when it says none."""
    return int(version) if version.isascii() and version.isdecimal() and int(version) else -1


def _keeping(typed: dict[str, str]) -> Keeping:
    try:
        review_on = date.fromisoformat(typed["review_on"]) if typed["review_on"] else None
    except ValueError:
        raise Invalid(_("Write the day of the review as a date."), errors={"review_on": ["a date"]}) from None
    owner = next((person for person in _owners() if str(person.pk) == typed["owner"]), None)
    return Keeping(visibility=typed["visibility"], usable=bool(typed["usable"]), owner=owner, review_on=review_on)


def _page(
    request: StaffRequest,
    article: Article | None,
    *,
    typed: dict[str, str] | None = None,
    preview: bool = False,
    problem: Problem | None = None,
) -> HttpResponse:
    values = typed or _values(article)
    context = {
        "article": article,
        "values": values,
        "preview": as_html(values["body"]) if preview else "",
        "problem": problem,
        "errors": problem.fields.get("errors", {}) if problem else {},
        "languages": _languages(),
        "visibilities": Article.Visibility.choices,
        "owners": _owners(),
        "may_write": person_has(request.user, Right.ADMINISTER),
        "versions": article.versions.select_related("person").order_by("-version")[:HISTORY] if article else [],
        "history": _history(article) if article else [],
        "action": reverse("article", args=[article.pk]) if article else reverse("new_article"),
    }
    return render(request, "knowledge/article.html", context, status=problem.status if problem else 200)


def _values(article: Article | None) -> dict[str, str]:
    if article is None:
        return {**dict.fromkeys(FIELDS, ""), "language": "en", "visibility": Article.Visibility.PUBLIC, "usable": "on"}
    return {
        "slug": article.slug,
        "language": article.language,
        "title": article.title,
        "body": article.body,
        "tags": ", ".join(article.tags),
        "visibility": article.visibility,
        "usable": "on" if article.usable else "",
        "owner": str(article.owner_id or ""),
        "review_on": article.review_on.isoformat() if article.review_on else "",
    }


def _of_people() -> QuerySet[Article]:
    """Articles that are written as such: those of macros are written on their macro's page."""
    return Article.objects.filter(macro=None)


def _article(article_id: int) -> Article:
    found = _of_people().filter(pk=article_id).first()
    if found is None:
        raise NotFound
    return found


def _owners() -> list[Person]:
    return list(Person.objects.filter(is_active=True).order_by("name"))


def _languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def _history(article: Article) -> list[tuple[Entry, str]]:
    entries = list(Entry.objects.filter(subject=article.ref).order_by("-seq")[:HISTORY])
    return list(zip(entries, sentences(entries), strict=True))
