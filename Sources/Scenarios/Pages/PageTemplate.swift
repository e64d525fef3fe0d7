/// What every page has in common. The values are markup already: what is anybody's text was escaped where it came in.
enum PageTemplate {
  static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>{{{title}}}</title>
    <style>
    {{{style}}}
    </style>
    </head>
    <body>
    <main>
    <header>
    <h1>{{{title}}}</h1>
    <p>{{{summary}}}</p>
    <dl class="facts">
    {{#facts}}
    <div><dt>{{{name}}}</dt><dd>{{{value}}}</dd></div>
    {{/facts}}
    </dl>
    </header>
    {{#hasTiles}}
    <ul class="tiles">
    {{#tiles}}
    <li class="{{{tone}}}"><span class="label">{{{label}}}</span><span class="value">{{{value}}}</span><span class="note">{{{note}}}</span></li>
    {{/tiles}}
    </ul>
    {{/hasTiles}}
    <nav aria-label="Parts of this report">
    <ul>
    {{#sections}}
    <li><a href="#{{{id}}}">{{{heading}}}</a></li>
    {{/sections}}
    </ul>
    </nav>
    {{#sections}}
    <section id="{{{id}}}">
    <h2>{{{heading}}}</h2>
    {{#hasLead}}
    <p>{{{lead}}}</p>
    {{/hasLead}}
    {{{blocks}}}
    </section>
    {{/sections}}
    <footer>
    <p>Times are virtual. Every figure is in the JSON of the same result; point at one to see nothing rounded, or read its value attribute.</p>
    </footer>
    </main>
    </body>
    </html>

    """

  /// Light and dark by what the reader's system says, and on paper. Colours hold a contrast of at least 4.5 against
  /// what is behind them where they carry text, 3 where they are areas or lines.
  static let style = [colours, layout, drawing, sizes].joined(separator: "\n")

  /// The colours by name, those of drawings too.
  static let colours = """
    :root { color-scheme: light dark; --paper: #ffffff; --panel: #f4f6f8; --ink: #1b2430; --faint: #556270;
      --line: #c3cbd4; --shade: #9aa6b2; --accent: #0b57a4; --good: #0f6b3a; --bad: #a8231c;
      --s0: #2f6db3; --s1: #b8560f; --s2: #2c7d57; --s3: #8a4fa3; --s4: #a83f5e; --s5: #62717f; --s6: #86701a; --s7: #1f7f8c;
      --full: #2f7d54; --degraded: #9a6700; --down: #b8352d; --asleep: #62717f;
      --h0: #edf3f9; --h1: #c4d9ee; --h2: #8db8de; --h3: #3574b0; --h4: #17497f; --hlow: #12202e; --hhigh: #ffffff; }
    @media (prefers-color-scheme: dark) { :root { --paper: #12171d; --panel: #1b222b; --ink: #e6ebf0; --faint: #a5b1bd;
      --line: #46525f; --shade: #3a4550; --accent: #7db7f0; --good: #6fcf97; --bad: #ff8f86;
      --s0: #6ea8e6; --s1: #f0964f; --s2: #63bf92; --s3: #c792de; --s4: #ee8aa6; --s5: #a3b0bd; --s6: #d3b84a; --s7: #5cc3d1;
      --full: #4fae7d; --degraded: #e0a83f; --down: #f0655b; --asleep: #7c8896;
      --h0: #1d2732; --h1: #27435f; --h2: #36658f; --h3: #74aadb; --h4: #c5def5; --hlow: #f2f6fa; --hhigh: #0c141c; } }
    """

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
    h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.4rem 0 .4rem; padding-top: .6rem; border-top: 1px solid var(--line); }
    p, li { overflow-wrap: anywhere; max-width: 75ch; }
    a { color: var(--accent); }
    .facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .6rem 0 0; color: var(--faint); font-size: .9rem; }
    .facts div { display: flex; gap: .4rem; min-width: 0; } .facts dt::after { content: ":"; } .facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
    .tiles { list-style: none; padding: 0; margin: 1.4rem 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(172px, 1fr)); gap: .7rem; }
    .tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .8rem; display: flex; flex-direction: column; }
    .tiles .label { color: var(--faint); font-size: .85rem; } .tiles .value { font-size: 1.3rem; font-weight: 650; font-variant-numeric: tabular-nums; } .tiles .note { color: var(--faint); font-size: .8rem; line-height: 1.35; }
    .tiles .good .value, td.good { color: var(--good); } .tiles .bad .value, td.bad { color: var(--bad); font-weight: 650; }
    nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .9rem; }
    figure { margin: 1rem 0; } figcaption { margin-bottom: .4rem; color: var(--faint); font-size: .9rem; max-width: 85ch; overflow-wrap: anywhere; } figcaption strong { color: var(--ink); }
    .wide { overflow-x: auto; max-width: 100%; background: linear-gradient(to right, var(--paper) 50%, transparent) left / 36px 100% local, linear-gradient(to left, var(--paper) 50%, transparent) right / 36px 100% local, linear-gradient(to right, var(--shade), transparent) left / 14px 100% scroll, linear-gradient(to left, var(--shade), transparent) right / 14px 100% scroll; background-repeat: no-repeat; } .wide:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    svg { display: block; width: 100%; min-width: 620px; height: auto; }
    table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
    caption { text-align: left; color: var(--faint); font-size: .85rem; padding: 0 0 .3rem; }
    th, td { padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    thead th { color: var(--faint); font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; } tbody th { font-weight: 550; }
    th, td { overflow-wrap: break-word; max-width: 26rem; } th.number, td.number { text-align: right; white-space: nowrap; }
    td.faint, th.faint { color: var(--faint); } td.strong { font-weight: 650; }
    details { margin: .4rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; } .unfolded { padding-left: 1rem; border-left: 2px solid var(--line); }
    footer { margin-top: 3rem; color: var(--faint); font-size: .85rem; }
    """

  /// The classes of drawings: all that a picture of its own needs besides colours.
  static let drawing = """
    svg text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums; }
    svg .faint { fill: var(--faint); } svg .strong { font-weight: 650; } svg .end { text-anchor: end; } svg .mid { text-anchor: middle; } svg .small { font-size: 12px; }
    svg .grid { stroke: var(--line); stroke-width: 1; } svg .axis { stroke: var(--faint); stroke-width: 1; } svg .frame { fill: none; stroke: var(--faint); }
    svg .edge { stroke: var(--paper); stroke-width: 1; } svg .curve { fill: none; stroke-width: 2; } svg .front { fill: none; stroke: var(--faint); stroke-dasharray: 5 4; stroke-width: 1.5; }
    svg .s0 { fill: var(--s0); } svg .s1 { fill: var(--s1); } svg .s2 { fill: var(--s2); } svg .s3 { fill: var(--s3); } svg .s4 { fill: var(--s4); } svg .s5 { fill: var(--s5); } svg .s6 { fill: var(--s6); } svg .s7 { fill: var(--s7); }
    svg .l0 { stroke: var(--s0); } svg .l1 { stroke: var(--s1); stroke-dasharray: 8 4; } svg .l2 { stroke: var(--s2); stroke-dasharray: 2 3; } svg .l3 { stroke: var(--s3); stroke-dasharray: 10 3 2 3; } svg .l4 { stroke: var(--s4); stroke-dasharray: 14 5; } svg .l5 { stroke: var(--s5); stroke-dasharray: 5 2; } svg .l6 { stroke: var(--s6); stroke-dasharray: 8 3 2 3 2 3; } svg .l7 { stroke: var(--s7); stroke-dasharray: 4 6; }
    svg .full { fill: var(--full); } svg .degraded { fill: var(--degraded); } svg .down { fill: var(--down); } svg .asleep { fill: var(--asleep); }
    svg .h0 { fill: var(--h0); } svg .h1 { fill: var(--h1); } svg .h2 { fill: var(--h2); } svg .h3 { fill: var(--h3); } svg .h4 { fill: var(--h4); } svg .none { fill: none; stroke: var(--line); }
    svg text.on0, svg text.on1, svg text.on2 { fill: var(--hlow); } svg text.on3, svg text.on4 { fill: var(--hhigh); } svg text.onbar { fill: var(--paper); font-weight: 600; }
    svg text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
    """

  private static let sizes = """
    @media (max-width: 600px) { main { padding: 1rem .8rem 2rem; } h1 { font-size: 1.45rem; } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .tiles .value { font-size: 1.1rem; } th, td { max-width: 15rem; } }
    @media print { :root { --paper: #ffffff; --panel: #ffffff; --ink: #000000; --faint: #444444; --line: #999999; --shade: transparent; --accent: #000000; --good: #0f6b3a; --bad: #a8231c;
      --s0: #2f6db3; --s1: #b8560f; --s2: #2c7d57; --s3: #8a4fa3; --s4: #a83f5e; --s5: #62717f; --s6: #86701a; --s7: #1f7f8c;
      --full: #2f7d54; --degraded: #9a6700; --down: #b8352d; --asleep: #62717f;
      --h0: #edf3f9; --h1: #c4d9ee; --h2: #8db8de; --h3: #3574b0; --h4: #17497f; --hlow: #12202e; --hhigh: #ffffff; }
      body { font-size: 11pt; } main { max-width: none; padding: 0; } nav { display: none; } .wide { overflow: visible; background: none; } svg { min-width: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      figure details::details-content { content-visibility: visible; block-size: auto; } figure summary { list-style: none; }
      svg, tr, .tiles { break-inside: avoid; } h2 { break-after: avoid; } th, td { font-size: 9pt; padding-right: .4rem; white-space: normal; } }
    """
}
