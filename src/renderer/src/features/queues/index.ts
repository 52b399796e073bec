export { QueuePage } from './QueuePage.js';
export { QueuesPage } from './QueuesPage.js';
