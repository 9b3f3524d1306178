/** The layers of `src/ui`, bottom up: a layer imports from itself and from those below it. */
export const UI_LAYERS = [
  'src/ui/keys',
  'src/ui/style',
  'src/ui/history',
  'src/ui/graph',
  'src/ui/list',
  'src/ui/model',
  'src/ui/view',
  'src/ui/panels',
  'src/ui/dashboard',
  'src/ui/pane',
];
