/** Version of the event language. Sent and stored by every agent and server; a reader refuses a major version it does not know. */
export const SCHEMA_VERSION = 1
