const LIGHT_COLOURS = `--paper: #fff; --raised: #f6f7f9; --ink: #1d2126; --muted: #5b6470; --line: #dfe3e8; --accent: #1f5f9f;
  --red: #c8242c; --amber: #d99a00; --green: #2f8f57; --alert: #b3202a; --grid: #e3e6ea; --frame: #8a929e; --rtt: #1f5f9f;
  --clock: #7a4fa3; --frames: #0d6e6e; --viewer: #8a5a00; --hatch: #b4bbc5; --hatch-ground: #f1f3f5;`;
const DARK_COLOURS = `--paper: #14171b; --raised: #1b1f24; --ink: #e7eaee; --muted: #9aa4b1; --line: #2b3138; --accent: #6cb2f5;
  --red: #ff5a60; --amber: #f2b72e; --green: #4cc07c; --alert: #ff7b7f; --grid: #262c33; --frame: #5d6773; --rtt: #6cb2f5;
  --clock: #c3a1e8; --frames: #5cc4c4; --viewer: #e0b060; --hatch: #4a535e; --hatch-ground: #1e2227;`;

/** The style sheet of a page. SVG elements carry the colours for paper; a screen takes those of the theme. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT_COLOURS} }
body { margin: 2.5rem auto; max-width: 62rem; padding: 0 1.2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
h1 { font-size: 1rem; font-weight: 500; color: var(--muted); margin: 0 0 .3rem; overflow-wrap: anywhere; }
.verdict { font-size: 1.45rem; line-height: 1.35; font-weight: 600; margin: 0 0 .6rem; overflow-wrap: anywhere; text-wrap: pretty; }
.about, .facts { margin: .2rem 0; color: var(--muted); overflow-wrap: anywhere; }
.remark { margin: .2rem 0; color: var(--alert); font-weight: 600; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
section { margin: 2.4rem 0; }
h2 { font-size: 1.1rem; margin: 0 0 .3rem; display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .6rem; overflow-wrap: anywhere; }
h2 .where { color: var(--muted); font-weight: 400; font-size: .9rem; min-width: 0; }
h3 { font-size: .82rem; font-weight: 600; color: var(--muted); margin: 0 0 .2rem; }
.lamp { width: .75rem; height: .75rem; border-radius: 50%; align-self: center; background: var(--green); }
.lamp.red { background: var(--red); } .lamp.amber { background: var(--amber); border-radius: 2px; }
.steps { margin: 0 0 .6rem; overflow-wrap: anywhere; } .arrow { color: var(--muted); }
.reasons { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .4rem 2rem; margin-top: .6rem; font-size: .88rem; }
.reasons ul { margin: 0; padding-left: 1.1rem; } .reasons p { margin: 0; color: var(--muted); } .reasons li { overflow-wrap: anywhere; }
figure { margin: 0; } figcaption { font-size: .82rem; color: var(--muted); margin-top: .2rem; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.scroll { overflow-x: auto; margin: 1.6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .82rem; }
caption { text-align: left; font-weight: 600; font-size: 1rem; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; overflow-wrap: break-word; }
th, .number, td:first-child { white-space: nowrap; }
tbody, thead { border-bottom: 1px solid var(--line); }
.under td { padding-top: 0; color: var(--muted); font-size: .95em; }
th { color: var(--muted); font-weight: 500; }
.number { text-align: right; }
footer { margin: 3rem 0 1rem; color: var(--muted); font-size: .8rem; overflow-wrap: anywhere; }
.ink { fill: var(--ink); } .muted { fill: var(--muted); } .grid { stroke: var(--grid); } .frame { stroke: var(--frame); }
.rtt { stroke: var(--rtt); } .clock { stroke: var(--clock); } .frames { stroke: var(--frames); } .loss { stroke: var(--alert); }
.stop { stroke: var(--ink); } .viewer { stroke: var(--viewer); } .job { fill: var(--muted); }
.hatch { stroke: var(--hatch); } .hatch-ground { fill: var(--hatch-ground); }
rect.green { fill: var(--green); } rect.amber { fill: var(--amber); } rect.red { fill: var(--red); }
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${DARK_COLOURS} } }
@media screen { :root[data-theme=dark] { color-scheme: dark; ${DARK_COLOURS} } :root[data-theme=light] { color-scheme: light; } }
@media (max-width: 40rem) { body { margin-top: 1.2rem; } table { font-size: .74rem; } th, td { padding-right: .4rem; } th, .number { white-space: normal; } .number { text-align: left; } .verdict { font-size: 1.2rem; } figure { overflow-x: auto; } figure svg { min-width: 36rem; } }
@media print {
  @page { size: A4; margin: 15mm 14mm; }
  body { margin: 0; max-width: none; padding: 0; font-size: 9.5pt; orphans: 3; widows: 3; }
  .verdict { font-size: 15pt; } .scroll, figure { overflow: visible; } figure svg { min-width: 0; }
  table { font-size: 7.8pt; } th, td { padding-right: .5rem; overflow-wrap: anywhere; }
  thead { display: table-header-group; } tbody, tr, figure, .reasons div { break-inside: avoid; }
  h2, h3, caption, .steps { break-after: avoid; } caption { break-before: auto; }
  .reasons { grid-template-columns: repeat(3, 1fr); gap: 1rem; font-size: 8pt; } .target { break-inside: avoid; margin: 1rem 0; }
  .event { break-before: page; break-inside: avoid; margin: 0; } .single .event { break-before: auto; }
  .event + .scroll { break-before: page; } a { color: inherit; text-decoration: none; }
  .lamp { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
