"""What a call cost, where the price of its model is known."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

_MILLION = Decimal(1_000_000)


def cost_of(*models: str, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """By the price of the first of these names that has one; None when there is none, or when nothing was counted.

    Providers answer with a dated name (`gpt-4o-mini-2024-07-18`) to the one that was asked for.
    """
    price = next((settings.ENV.model_prices[model] for model in models if model in settings.ENV.model_prices), None)
    if price is None or not (prompt_tokens or completion_tokens):
        return None
    return ((price[0] * prompt_tokens + price[1] * completion_tokens) / _MILLION).quantize(Decimal("0.000001"))
