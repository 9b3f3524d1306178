import { Box, type Instance, render, Text, Transform, useStdout } from 'ink';
import { useLayoutEffect } from 'react';
import type { InkOutput } from './ink-output.js';

/** What the pane shows: its lines with their colours as SGR. */
export interface Frame {
  lines: readonly string[];
  /** Goes into the history above, lines with their ends; an empty text draws everything anew. */
  told: string | undefined;
}

/** Draws frames in place, at once. */
export function mount(output: InkOutput, frame: Frame): Pick<Instance, 'clear' | 'unmount'> & Mounted {
  const { rerender, clear, unmount } = render(<Pane {...frame} />, {
    stdout: output as unknown as NodeJS.WriteStream,
    // Whoever calls keeps the pace, and looks first whether the terminal takes anything.
    maxFps: 0,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  return { clear, unmount, show: next => rerender(<Pane {...next} />) };
}

export interface Mounted {
  show(frame: Frame): void;
}

/** Ink remembers every text that it ever measured; so it measures always the same, which becomes the line after that. */
const PLACEHOLDER = '.';

function Pane({ lines, told }: Frame) {
  const { write } = useStdout();
  // Not ink's Static, which keeps all that it ever wrote: a session may last for weeks.
  useLayoutEffect(() => {
    if (told !== undefined) write(told);
  });
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        <Transform key={row} transform={() => line}>
          <Text>{PLACEHOLDER}</Text>
        </Transform>
      ))}
    </Box>
  );
}
