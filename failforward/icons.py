"""The drawings behind `{% icon %}`: a 16 px grid, 1.6 px round strokes, `class="f"` where a shape is filled."""

RING = '<circle cx="8" cy="8" r="6.2"/>'
DOT = '<circle class="f" cx="{}" cy="{}" r="{}"/>'.format

ICONS = {
    "mark": '<path d="M2 3.5 6.5 12 14 4"/>',
    # What an event did to the outcome: the amount of ink.
    "caused": DOT(8, 8, 6),
    "contributed": '<circle cx="8" cy="8" r="5.6"/><path class="f" d="M8 2.4a5.6 5.6 0 0 1 0 11.2z"/>',
    "unrelated": '<circle cx="8" cy="8" r="5.6"/>',
    "unknown": '<circle cx="8" cy="8" r="5.6" stroke-dasharray="2.2 2.6"/>',
    # Could it happen again?
    "systemic": '<path d="M12.8 6A5.2 5.2 0 003.4 5.3M3.2 10a5.2 5.2 0 009.4.7M3 2.4v3.1h3.1M13 13.6v-3.1H9.9"/>',
    "one_off": '<path d="M1.5 8h3.2M11.3 8h3.2"/>' + DOT(8, 8, 2.3),
    "unsure": '<path d="M5.5 6a2.6 2.6 0 1 1 3.8 2.3C8.4 8.8 8 9.3 8 10.3"/>' + DOT(8, 13, 0.9),
    # The five answers.
    "done": RING + '<path d="m5 8.3 2.2 2.2L11 6"/>',
    "partly": RING + '<path class="f" d="M8 3.6a4.4 4.4 0 0 1 0 8.8z"/>',
    "moved": '<path d="M2.5 8h10M9 4.5 12.5 8 9 11.5"/><path d="M2.5 5v6"/>',
    "stuck": '<path d="M5 2h6l3 3v6l-3 3H5l-3-3V5z"/><path d="M8 5v3.5"/>' + DOT(8, 11, 0.9),
    "dropped": RING + '<path d="M5 8h6"/>',
    # States and things.
    "clock": RING + '<path d="M8 4.5V8l2.4 1.6"/>',
    "open": RING,
    "check": '<path d="M3 8.5 6.5 12 13 4.5"/>',
    "recur": '<path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.8"/><path d="M13 1.8v3.1H9.9"/>',
    "eye": '<path d="M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8z"/>' + DOT(8, 8, 1.9),
    "eye_off": '<path d="M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8z"/><path d="m3 13.5 10-11"/>',
    "lock": '<rect x="3" y="7" width="10" height="7" rx="1"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
    "book": '<path d="M3 2.5h9.5v11H3zM5.5 2.5v11M8 6h2.5"/>',
    "list": '<path d="M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.5M2 8h.5M2 12h.5"/>',
    "finding": '<circle cx="6" cy="8" r="3.2"/><path d="M9.2 8h5.3M12 8v2.4M1 8h1.8"/>',
    "flag": '<path d="M3.5 14V2.5h8l-1.6 3 1.6 3h-8"/>',
    "calendar": '<rect x="2" y="3" width="12" height="11" rx="1"/><path d="M2 6.5h12M5 1.5v3M11 1.5v3"/>',
    "deal": '<rect x="2" y="5" width="12" height="8.5" rx="1"/><path d="M5.8 5V3.2h4.4V5M2 8.8h12"/>',
    "grid": '<path d="M2.5 2.5h4.2v4.2H2.5zM9.3 2.5h4.2v4.2H9.3zM2.5 9.3h4.2v4.2H2.5zM9.3 9.3h4.2v4.2H9.3z"/>',
    "mail": '<rect x="2" y="3.5" width="12" height="9" rx="1"/><path d="m2.3 4.5 5.7 4.3 5.7-4.3"/>',
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.8c.5-2.8 2.5-4.3 5.2-4.3s4.7 1.5 5.2 4.3"/>',
    "people": '<circle cx="6" cy="5.6" r="2.4"/><path d="M1.5 13.3c.4-2.5 2.1-3.8 4.5-3.8s4.1 1.3 4.5 3.8"/>'
    '<path d="M10.4 3.4a2.4 2.4 0 0 1 0 4.4M12 9.9c1.4.5 2.2 1.7 2.5 3.4"/>',
    "link": '<path d="M6.7 9.3 9.3 6.7M7.2 4.7l1.3-1.3a2.9 2.9 0 0 1 4.1 4.1l-1.3 1.3'
    'M8.8 11.3l-1.3 1.3a2.9 2.9 0 0 1-4.1-4.1l1.3-1.3"/>',
    "phone": '<path d="M3.2 2.5h2.6l1.3 3.2-1.6 1.2a8 8 0 0 0 3.6 3.6l1.2-1.6 3.2 1.3v2.6'
    'c0 .5-.4.8-.8.8A10.9 10.9 0 0 1 2.4 3.3c0-.4.3-.8.8-.8z"/>',
    # What can be done.
    "plus": '<path d="M8 2.5v11M2.5 8h11"/>',
    "pencil": '<path d="m3 13 .7-3L11 2.7l2.3 2.3L6 12.3z"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
    "more": DOT(3, 8, 1.4) + DOT(8, 8, 1.4) + DOT(13, 8, 1.4),
    "parked": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "up": '<path d="M8 13V3M4 7l4-4 4 4"/>',
    "down": '<path d="M8 3v10M4 9l4 4 4-4"/>',
    "left": '<path d="M13 8H3M7 4 3 8l4 4"/>',
    "right": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "import": '<path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 11v2.5h11V11"/>',
    "download": '<path d="M8 2v8M4.8 7 8 10.2 11.2 7M3 13.5h10"/>',
    "send": '<path d="M14 2 7 9M14 2 9.5 14 7 9 2 6.5z"/>',
    "thanks": '<path d="M8 13.5S2.2 10 2.2 6.1A2.9 2.9 0 0 1 8 5a2.9 2.9 0 0 1 5.8 1.1C13.8 10 8 13.5 8 13.5z"/>',
    "help": '<path d="M5.8 6.2a2.2 2.2 0 1 1 3.2 2c-.8.4-1 .8-1 1.5"/>' + RING + DOT(8, 11.7, 0.8),
    "talk": '<path d="M2.5 3h11v8H7.5L4.5 13.5V11h-2z"/>',
    "error": RING + '<path d="M8 4.8v3.8"/>' + DOT(8, 11, 0.9),
    "info": RING + '<path d="M8 7.4v3.6"/>' + DOT(8, 5, 0.9),
    "sun": '<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3'
    'M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"/>',
    "moon": '<path d="M13.3 9.6A5.6 5.6 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9z"/>',
    "auto": RING + '<path class="f" d="M8 1.8a6.2 6.2 0 0 1 0 12.4z"/>',
    "key": '<circle cx="5" cy="11" r="2.8"/><path d="m7 9 6.5-6.5M10.5 5.5l2 2"/>',
    "keyboard": '<rect x="1.5" y="4" width="13" height="8.5" rx="1"/><path d="M4 7h.5M7 7h.5M10 7h.5M12 7h.2M5 10h6"/>',
    "leave": '<path d="M9.5 2.5h-6v11h6M6.5 8h7.5M11 5l3 3-3 3"/>',
}
