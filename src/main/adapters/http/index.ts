export { createHttp, type Http, type HttpDeps } from './server.ts';
export { openApiDocument } from './openapi.ts';
