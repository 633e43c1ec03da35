"""What people do together on a ticket. Claims, typing and unsent texts are no acts and have no entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from desk.ledger.kinds import Facts, Ref, because, kind


@kind("ticket.followed", says="{actor} follows {subject}")
class TicketFollowed(Facts):
    pass


@kind("ticket.unfollowed", says="{actor} no longer follows {subject}")
class TicketUnfollowed(Facts):
    pass


@kind("person.mentioned", says="{actor} mentioned {subject} in {thread}")
class PersonMentioned(Facts):
    pass


@kind("team.mentioned", says="{actor} mentioned {subject} in {thread}")
class TeamMentioned(Facts):
    pass


@kind("ticket.handed_over", says="{actor} handed {subject} over to {to}")
class TicketHandedOver(Facts):
    to: Ref


@kind("ticket.taken_over", says="{actor} took {subject} over from {holder}")
class TicketTakenOver(Facts):
    holder: Ref


@kind("digest.queued", says="A mail about {count} unread notices was put into the post for {subject}")
class DigestQueued(Facts):
    count: int


because(
    {
        "digest": gettext_lazy("That people were told what waits for them, without what it says."),
    }
)
