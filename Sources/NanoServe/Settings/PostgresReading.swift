extension Settings {
    /// How a destination of PostgreSQL is described, in `routes.<name>`.
    enum Postgres {
        /// The route that `DATABASE_URL` makes.
        static let routeName = "postgresql"
        static let variable = "DATABASE_URL"
    }
}

extension SettingsReader {
    /// The endpoint of a PostgreSQL, which as a whole is a credential: it may hold a password.
    mutating func postgresEndpoint(_ name: String) -> Settings.Endpoint? {
        let variable = name == Settings.Postgres.routeName ? Settings.Postgres.variable : nil
        guard let finding = credential("routes.\(name).endpoint", variable) else { return nil }
        guard let address = PostgresAddress(url: finding.text) else {
            report(
                "\(finding.place): is not the address of a PostgreSQL; use "
                    + "postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
            return nil
        }
        return .postgreSQL(address)
    }
}
