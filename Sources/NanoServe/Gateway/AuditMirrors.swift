import Logging

extension GatewayConfiguration {
    /// What copies the audit trail: one for each database that is to have it.
    func auditMirrors(stateFolder: String, logger: Logger) -> [AuditMirror] {
        var addresses: [PostgresAddress] = []
        return destinations.compactMap { destination in
            guard case .postgreSQL(let address) = destination.kind, destination.copiesAudit,
                !addresses.contains(address)
            else { return nil }
            addresses.append(address)
            return AuditMirror(
                of: name, stateFolder: stateFolder, to: destination.name, at: address,
                timeoutMilliseconds: destination.timeoutMilliseconds, logger: logger)
        }
    }
}
