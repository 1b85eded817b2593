"""The one HTTP policy: retries, rate limits, and what each refusal means."""
