/** What a shared page adds to the style sheet of a report: the player. */
export const PLAYER_STYLE = `
.top { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start; }
.top > div { min-width: 0; }
button, select { font: inherit; font-size: .88rem; color: var(--ink); background: var(--raised); border: 1px solid var(--frame); border-radius: 6px; padding: .3rem .7rem; min-height: 2.1rem; }
button { cursor: pointer; } button:hover { border-color: var(--ink); } #theme { flex: none; }
#play { background: var(--accent); color: var(--paper); border-color: var(--accent); min-width: 4.6rem; font-weight: 600; }
#player { margin: 1.8rem 0; border: 1px solid var(--line); border-radius: 10px; padding: 1rem; scroll-margin-top: .5rem; }
#player[hidden], #theme[hidden] { display: none; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem .6rem; align-items: center; }
.bar label { display: inline-flex; gap: .4rem; align-items: center; color: var(--muted); font-size: .85rem; min-width: 0; } .bar select { max-width: 14rem; min-width: 0; }
.bar .push { margin-left: auto; }
#light { display: inline-flex; align-items: center; gap: .35rem; font-weight: 700; }
#light i { width: 1.25rem; height: .95rem; border: 1.5px solid var(--frame); border-radius: 4px; box-sizing: border-box; }
#light[data-light=red] .is-red { background: var(--red); border-color: var(--red); }
#light[data-light=amber] .is-amber { background: var(--amber); border-color: var(--amber); }
#light[data-light=green] .is-green { background: var(--green); border-color: var(--green); }
#light-word { min-width: 4rem; }
#now { margin: .7rem 0 .4rem; min-height: 3.1em; overflow-wrap: anywhere; }
.lane-title { margin: .5rem 0 0; font-size: .78rem; color: var(--muted); }
#lanes { min-width: 0; overflow: hidden; cursor: crosshair; }
#lanes .u-cursor-x { border-right-color: var(--frame); }
#overview { display: block; width: 100%; height: 26px; margin-top: .8rem; border-radius: 4px; }
#seek { display: block; width: 100%; margin: .3rem 0 0; min-height: 1.6rem; accent-color: var(--accent); }
.keys { color: var(--muted); font-size: .8rem; margin: .6rem 0 0; } kbd { font: inherit; border: 1px solid var(--line); border-radius: 4px; padding: 0 .3em; color: var(--ink); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
#failure:empty { display: none; } #failure { color: var(--alert); font-weight: 600; }
details { margin-top: .6rem; font-size: .88rem; } summary { cursor: pointer; color: var(--accent); } .tall { max-height: 20rem; overflow: auto; }
.signature { border-left: 3px solid var(--line); padding-left: .8rem; font-size: .85rem; color: var(--muted); overflow-wrap: anywhere; } .signature code { color: var(--ink); }
.event button { margin: .2rem 0 .4rem; }
@media (max-width: 40rem) { .top { flex-direction: column; } #player { padding: .7rem; margin-inline: -.5rem; } .bar .push { margin-left: 0; } }
@media (prefers-reduced-motion: no-preference) { button { transition: border-color .12s; } }
@media print { #player, #theme, .event button { display: none !important; } }
`;
