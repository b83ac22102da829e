import Foundation

extension Settings {
    /// How a destination of InfluxDB is described, in `routes.<name>`.
    enum Influx {
        /// The route that `INFLUXDB_ENDPOINT` makes.
        static let routeName = "influxdb"
        static let variable = "INFLUXDB_ENDPOINT"
        /// Organisation and bucket of version 2 where nothing else is said.
        static let standardName = "nanogridata"
    }
}

extension SettingsReader {
    /// What a destination takes; two names speak for themselves.
    mutating func format(_ name: String) -> Settings.Format {
        choice("routes.\(name).format", of: Settings.Format.allCases.map(\.rawValue)) {
            Settings.Format(rawValue: $0)
        } ?? Settings.Format(rawValue: name) ?? .json
    }

    /// The endpoint of a destination of InfluxDB: the base address, completed to that of writing.
    mutating func influxEndpoint(_ name: String) -> Settings.Endpoint? {
        let section = "routes.\(name)"
        let query = influxQuery(name)
        let variable = influxVariable(name, "ENDPOINT")
        guard let found = endpoint(section + ".endpoint", variable) else { return nil }
        let place = find(section + ".endpoint", variable)?.place ?? SettingsPlace(section)
        if case .program = found {
            report("\(place): is a program, which takes events as JSON; leave out format")
            return nil
        }
        guard case .http(var address) = found else { return found }
        guard !address.target.contains("?") else {
            report("\(place): has a query; leave it out, and give bucket or database as keys")
            return nil
        }
        var base = address.target == Settings.HTTPEndpoint.ingestPath ? "" : address.target
        while base.hasSuffix("/") { base.removeLast() }
        guard !base.hasSuffix("/write") else {
            report("\(place): has the path of writing, which is added by itself; leave it out")
            return nil
        }
        address.target = base + query
        return .influxDB(address)
    }

    /// What follows the base address: version 1 where a database is named, else version 2.
    private mutating func influxQuery(_ name: String) -> String {
        let section = "routes.\(name)"
        let database = text(
            section + ".database", influxVariable(name, "DATABASE"), limit: 256)
        let organisation = text(section + ".org", influxVariable(name, "ORG"), limit: 256)
        let bucket = text(section + ".bucket", influxVariable(name, "BUCKET"), limit: 256)
        guard let database else {
            let standard = Settings.Influx.standardName
            return "/api/v2/write?org=\(Self.escaped(organisation ?? standard))"
                + "&bucket=\(Self.escaped(bucket ?? standard))&precision=ns"
        }
        if organisation != nil || bucket != nil {
            let place = find(section + ".database", influxVariable(name, "DATABASE"))?.place
            report(
                "\(place ?? SettingsPlace(section)): database is for version 1, org and bucket are for version 2; "
                    + "keep those of one")
        }
        return "/write?db=\(Self.escaped(database))&precision=ns"
    }

    /// Token, or user and password, as the field `Authorization`.
    mutating func addInfluxCredentials(_ name: String, to access: inout HTTPAccess) {
        let section = "routes.\(name)"
        let token = credential(section + ".token", influxVariable(name, "TOKEN"))
        let password = credential(section + ".password", influxVariable(name, "PASSWORD"))
        let userVariable = influxVariable(name, "USER")
        let user = text(section + ".user", userVariable, limit: 256)
        let ways = [token != nil, user != nil || password != nil, access.hasAuthorization]
        if ways.count(where: { $0 }) > 1 {
            let place = token?.place ?? find(section + ".user", userVariable)?.place
            return report(
                "\(place ?? SettingsPlace(section)): there are several credentials; keep token, or user and "
                    + "password, or Authorization")
        }
        if let token {
            guard HTTPAccess.isToken(token.text) else {
                return report("\(token.place): \(HTTPAccess.tokenRule)")
            }
            access.add("Authorization", "Token " + token.text, hiding: token.text)
        }
        if let user { addBasic(user, password, section, userVariable, to: &access) }
        if user == nil, let password {
            report("\(password.place): a password needs a user; give both")
        }
    }

    private mutating func addBasic(
        _ user: String, _ password: Finding?, _ section: String, _ variable: String?,
        to access: inout HTTPAccess
    ) {
        let place = find(section + ".user", variable)?.place ?? SettingsPlace(section)
        guard let password else {
            return report("\(place): a user needs a password; give both")
        }
        // RFC 7617 §2
        guard !user.contains(":") else {
            return report("\(place): a user's name has no colon; use another")
        }
        let pair = Data((user + ":" + password.text).utf8).base64EncodedString()
        access.add("Authorization", "Basic " + pair, hiding: pair)
        access.hide(user + ":" + password.text)
        access.hide(password.text)
    }

    /// The variables are those of one route.
    private func influxVariable(_ name: String, _ suffix: String) -> String? {
        name == Settings.Influx.routeName ? "INFLUXDB_" + suffix : nil
    }

    private static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
