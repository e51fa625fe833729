/** The server of `npm start`, for the tests. */

export { serve } from '../../web/serve.js';
