"""Callbacks: a customer asks to be rung, now or in a window of time, and somebody does."""
