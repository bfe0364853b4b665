/** What tests of other packages may use. */
export { configuration, SIM } from './some-configuration.ts';
