/** The colours of the theme that is shown now, by the names of the style sheet. */
export function colourReader(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return name => {
    const found = known.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    known.set(name, found);
    return found;
  };
}

/** Switches between light and dark; the first press leaves what the system prefers. */
export function bindThemeSwitch(button: HTMLButtonElement, changed: () => void): void {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => {
    const { theme } = document.documentElement.dataset;
    return theme === undefined ? prefersDark.matches : theme === 'dark';
  };
  const show = () => {
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
    changed();
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  prefersDark.addEventListener('change', show);
  show();
}
