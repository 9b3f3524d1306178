/** The style sheet of the page. SVG elements carry the colours for paper; the dark colours are here. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2126; --muted: #5b6470; --line: #d9dde3; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1.2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--muted); }
header .note { color: #b3202a; font-weight: 600; }
section { margin: 2rem 0; break-inside: avoid; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.closeups { display: grid; grid-template-columns: repeat(3, 1fr); gap: .8rem; margin-top: .6rem; }
.closeups svg { break-inside: avoid; }
.scroll { overflow-x: auto; margin: 1.4rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .82rem; }
caption { text-align: left; font-weight: 600; font-size: 1rem; padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .28rem .9rem .28rem 0; overflow-wrap: anywhere; }
th, .number, td:first-child { white-space: nowrap; }
tbody, thead { border-bottom: 1px solid var(--line); break-inside: avoid; }
.under td { padding-top: 0; color: var(--muted); font-size: .95em; }
th { color: var(--muted); font-weight: 500; }
.number { text-align: right; }
footer { margin-top: 2rem; color: var(--muted); font-size: .8rem; }
@media (max-width: 40rem) { .closeups { grid-template-columns: 1fr; } }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e7eaee; --muted: #9aa4b1; --line: #2b3138; }
  header .note { color: #ff7b7f; }
  .ink { fill: #e7eaee; } .muted { fill: #9aa4b1; } .grid { stroke: #2b3138; } .frame { stroke: #5d6773; }
  .rtt { stroke: #6cb2f5; } .dot { fill: #6cb2f5; } .loss { stroke: #ff7b7f; }
  .green { fill: #4cc07c; } .amber { fill: #f2b72e; } .red { fill: #ff5a60; }
}
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 9.5pt; } .scroll { overflow: visible; }
  table { font-size: 7.5pt; } th, td { padding-right: .5rem; } @page { margin: 16mm; } }
`;
