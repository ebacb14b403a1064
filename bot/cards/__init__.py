"""Facts to what Discord shows: content, embeds. Pure: no Discord library, only its published shapes."""
