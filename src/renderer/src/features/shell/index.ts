export { Shell } from './Shell.js';
export { TokenPage } from './TokenPage.js';
