/** Speaks to an Orbweaver server as any program would. */
export class ApiClient {
  readonly #headers: Record<string, string>;

  constructor(
    private readonly address: string,
    accessKey: string | undefined,
  ) {
    this.#headers = accessKey === undefined ? {} : { authorization: `Bearer ${accessKey}` };
  }

  /** Asks one operation. @throws Error with the first error's code and message */
  async ask<Data>(query: string, variables: object): Promise<Data> {
    const response = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as {
      data?: Data;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    if (errors?.[0] || data === undefined) {
      throw new Error(`${errors?.[0]?.extensions?.code}: ${errors?.[0]?.message}`);
    }
    return data;
  }

  /** Uploads a file under its digest. */
  async upload(digest: string, bytes: Uint8Array): Promise<void> {
    const response = await fetch(`${this.address}/artifacts/${digest}`, {
      method: "PUT",
      headers: this.#headers,
      body: new Uint8Array(bytes),
    });
    if (!response.ok)
      throw new Error(`The upload was refused with ${response.status}: ${await response.text()}`);
  }
}
