extension PostgresSchema {
    /// Where packets go.
    static let packets = PostgresSchema(
        versions: "nanogridata_schema",
        tables: [
            Table(
                name: "nanogridata_models",
                statements: [
                    """
                    CREATE TABLE IF NOT EXISTS nanogridata_models (
                        id integer PRIMARY KEY,
                        name text NOT NULL,
                        payload_profile text NOT NULL,
                        decode_handler text NOT NULL,
                        security_level smallint NOT NULL,
                        created_at timestamptz NOT NULL DEFAULT now(),
                        updated_at timestamptz NOT NULL DEFAULT now())
                    """
                ]),
            Table(
                name: "nanogridata_packets",
                statements: [
                    """
                    CREATE TABLE IF NOT EXISTS nanogridata_packets (
                        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        identity text NOT NULL UNIQUE,
                        model_id integer NOT NULL REFERENCES nanogridata_models (id),
                        payload_type text NOT NULL,
                        timestamp timestamptz NOT NULL,
                        security_level smallint NOT NULL,
                        raw_header bytea NOT NULL,
                        payload_data bytea NOT NULL,
                        mac_hex text NOT NULL,
                        decoded_payload jsonb NOT NULL,
                        received_at timestamptz NOT NULL DEFAULT now())
                    """,
                    "CREATE INDEX IF NOT EXISTS nanogridata_packets_timestamp "
                        + "ON nanogridata_packets (timestamp)",
                    "CREATE INDEX IF NOT EXISTS nanogridata_packets_model_id "
                        + "ON nanogridata_packets (model_id)",
                ]),
        ])

    /// Where the audit trail is copied to, apart from the packets: neither waits for the other's tables.
    static let audit = PostgresSchema(
        versions: "nanogridata_audit_schema",
        tables: [
            Table(
                name: "nanogridata_audit",
                statements: [
                    """
                    CREATE TABLE IF NOT EXISTS nanogridata_audit (
                        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        gateway text NOT NULL,
                        trail text NOT NULL,
                        number bigint NOT NULL,
                        begun bigint,
                        time timestamptz,
                        actor text NOT NULL,
                        uid bigint NOT NULL,
                        via text NOT NULL,
                        tty text,
                        sudo_user text,
                        action text NOT NULL,
                        target text NOT NULL,
                        result text NOT NULL,
                        sentence text NOT NULL,
                        note text,
                        previous text,
                        hash text NOT NULL,
                        line text NOT NULL,
                        copied_at timestamptz NOT NULL DEFAULT now(),
                        UNIQUE (trail, number, hash))
                    """,
                    "CREATE INDEX IF NOT EXISTS nanogridata_audit_time ON nanogridata_audit (time)",
                ])
        ])
}
