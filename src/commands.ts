/** The words that may come first on the command line; any other first word is a target. */
export const commands = [
  { name: 'watch', summary: 'full-screen monitor, or JSON lines where there is no terminal (the default)' },
  { name: 'doctor', summary: 'what this machine allows, with the line that mends what it does not' },
] as const;

export type CommandName = (typeof commands)[number]['name'];

export const commandNames: readonly string[] = commands.map(command => command.name);
