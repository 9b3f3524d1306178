export * from '../../src/lab/cable.js';
