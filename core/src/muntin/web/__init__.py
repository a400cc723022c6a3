"""The web app: pages, sockets, assets and the answers for operators."""
