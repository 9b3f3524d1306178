import { Box, type Instance, render, Text, Transform, useStdout } from 'ink';
import { useLayoutEffect } from 'react';
import type { InkOutput } from './ink-output.js';

/** The content of the pane: lines with colours as SGR. */
export interface Frame {
  lines: readonly string[];
  /** New lines of the history, with line ends; an empty text redraws everything. */
  history: string | undefined;
}

/** Draws frames in place, at once. */
export function mount(output: InkOutput, frame: Frame): Pick<Instance, 'clear' | 'unmount'> & Mounted {
  const { rerender, clear, unmount } = render(<Pane {...frame} />, {
    stdout: output as unknown as NodeJS.WriteStream,
    // The caller limits the rate and first checks that the terminal is not stalled.
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

/** Ink caches every text that it measures, so it measures one constant text, which Transform replaces. */
const PLACEHOLDER = '.';

function Pane({ lines, history }: Frame) {
  const { write } = useStdout();
  // Not ink's Static, which keeps everything that it wrote: a session may last for weeks.
  useLayoutEffect(() => {
    if (history !== undefined) write(history);
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
