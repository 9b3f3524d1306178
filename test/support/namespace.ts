export * from '../../src/lab/namespace.js';
