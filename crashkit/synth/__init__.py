"""An invented country: land, roads, traffic, ten years of crashes, and the truth about them."""
