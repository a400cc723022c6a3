"""Signing in at an OpenID Connect provider: discovery, code flow with PKCE, checked id_tokens.

Needs the extra ``muntin[oidc]``, so it is imported only where this mode is chosen.
"""
