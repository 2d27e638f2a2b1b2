"""Readers and checks of registries. The data branch begins here."""
