import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseHypervisor, parseHypervisors } from '../../probes/hypervisor/index.js';
import type { Sample } from '../../src/core/sample.js';
import { parseCommandLine } from '../../src/plan/command-line.js';
import { readWatchPlan } from '../../src/plan/read-plan.js';
import { SourceWithHypervisors } from '../../src/sources/hypervisors.js';
import { LiveSource } from '../../src/sources/live.js';
import { BareQemu } from '../support/bare-qemu.js';
import { fakeQmp, IDLE } from '../support/fake-qmp.js';
import { needing } from '../support/needs.js';
import { until } from '../support/until.js';

const test = suite('hypervisors beside the probes');
test.run();
