"""The packet: what a regulator may ask for about a state, a producer or a call, as one ZIP file that proves itself."""
