import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Millis } from '../core/sample.js';
import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';
import { PROBE_COLUMNS } from './export-probes.js';
import { type ProbeRow, ProbeRows } from './probe-rows.js';

type Column = (typeof PROBE_COLUMNS)[number];
type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const MOMENT = { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' } as const;
const NUMBER = { type: 'DOUBLE' } as const;
const COUNT = { type: 'INT32' } as const;
/** A probe's number may be above 2^31. */
const LONG = { type: 'INT64' } as const;

const TYPES = {
  ...{ at: MOMENT, target: TEXT, probe: TEXT, seq: LONG, outcome: TEXT, rttMs: NUMBER, ttl: COUNT },
  ...{ stamp: TEXT, reason: TEXT, from: TEXT, knownAt: MOMENT, lagMs: NUMBER, duplicates: COUNT },
} as const satisfies Record<Column, object>;
const REQUIRED: readonly Column[] = ['at', 'target', 'probe', 'seq', 'outcome', 'knownAt', 'duplicates'];

const SCHEMA: Schema = [
  { name: 'root', num_children: PROBE_COLUMNS.length },
  ...PROBE_COLUMNS.map(name => ({
    ...{ name, ...TYPES[name] },
    repetition_type: REQUIRED.includes(name) ? ('REQUIRED' as const) : ('OPTIONAL' as const),
  })),
];

/** Rows that are written together: some 10 MB in memory. */
const GROUP = 50_000;

/** Writes one row for each selected echo request, with its final outcome, as Parquet with typed columns. */
export async function exportParquet(
  reader: RecordingReader,
  write: (bytes: Uint8Array) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  const probes = new ProbeRows(reader.header.plan.timeoutMs);
  const writer = new Pieces(write);
  const file = new ParquetWriter({ writer, schema: SCHEMA, createdBy: 'migwatch' });
  let group: ProbeRow[] = [];
  const flush = () => {
    if (group.length > 0) file.write({ columnData: columnsOf(group), rowGroupSize: GROUP });
    group = [];
  };
  const add = (rows: readonly ProbeRow[]) => {
    for (const row of rows) {
      group.push(row);
      if (group.length >= GROUP) flush();
    }
  };
  await readThrough(
    reader,
    entry => {
      if (!isSample(entry) || !holdsSample(selection, entry)) return;
      add(probes.take(entry));
    },
    progress,
  );
  add(probes.end());
  flush();
  file.finish();
  writer.flush();
}

function columnsOf(rows: readonly ProbeRow[]) {
  return PROBE_COLUMNS.map(name => ({ name, data: rows.map(row => parquetValue(row, name)) }));
}

function parquetValue(row: ProbeRow, name: Column): unknown {
  const value = row[name];
  if (TYPES[name] === MOMENT) return BigInt(Math.round((value as Millis) * 1000));
  return TYPES[name] === LONG ? BigInt(value as number) : value;
}

/** Passes on what was written after each group of rows, so that the file is never in memory. */
class Pieces extends ByteWriter {
  constructor(private readonly write: (bytes: Uint8Array) => void) {
    super();
  }

  flush(): void {
    this.write(this.getBytes().slice());
    this.index = 0;
  }
}
