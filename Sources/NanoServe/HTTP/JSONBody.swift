import Hummingbird
import NanoCore

/// Builds one JSON object, field by field.
package struct JSONBody {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// A field with anything that the closure writes.
    private mutating func field(_ name: String, _ write: (inout [UInt8]) -> Void) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        JSONText.writeString(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        write(&bytes)
    }

    package mutating func set(_ name: String, _ text: String) {
        field(name) { JSONText.writeString(text, into: &$0) }
    }

    package mutating func set(_ name: String, _ number: UInt64) {
        field(name) { JSONText.writeInteger(number, into: &$0) }
    }

    package mutating func set(_ name: String, _ number: Int) {
        field(name) { JSONText.writeInteger(Int64(number), into: &$0) }
    }

    /// A number; null when it is none, or not finite.
    package mutating func set(_ name: String, _ number: Double?) {
        field(name) { json in
            if let number, number.isFinite {
                JSONText.writeReal(number, into: &json)
            } else {
                json += "null".utf8
            }
        }
    }

    package mutating func set(_ name: String, _ flag: Bool) {
        field(name) { $0 += (flag ? "true" : "false").utf8 }
    }

    /// An object inside.
    mutating func set(_ name: String, _ build: (inout JSONBody) -> Void) {
        field(name) { $0 += JSONBody.object(build) }
    }

    /// A list of objects.
    mutating func set<Items: Sequence>(
        _ name: String, list items: Items, _ build: (Items.Element, inout JSONBody) -> Void
    ) {
        let objects = items.map { item in JSONBody.object { build(item, &$0) } }
        field(name) { $0 += JSONBody.array(objects) }
    }

    /// A value that is JSON already.
    mutating func set(_ name: String, encoded json: [UInt8]) {
        field(name) { $0 += json }
    }

    /// A list of values that are JSON already.
    mutating func set(_ name: String, encoded items: [[UInt8]]) {
        field(name) { $0 += JSONBody.array(items) }
    }

    /// A list of texts.
    mutating func set(_ name: String, texts: [String]) {
        let encoded = texts.map { text in
            var json: [UInt8] = []
            JSONText.writeString(text, into: &json)
            return json
        }
        field(name) { $0 += JSONBody.array(encoded) }
    }

    /// A whole object.
    package static func object(_ build: (inout JSONBody) -> Void) -> [UInt8] {
        var body = JSONBody()
        build(&body)
        return body.bytes + [UInt8(ascii: "}")]
    }

    /// A list of values that are JSON already.
    static func array(_ items: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
}

extension Response {
    /// An answer of JSON, with a line's end for people at a terminal.
    static func json(
        _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], encoded json: [UInt8]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json + [UInt8(ascii: "\n")])))
    }

    /// An answer of one JSON object.
    static func json(
        _ status: HTTPResponse.Status = .ok, _ build: (inout JSONBody) -> Void
    ) -> Response {
        json(status, encoded: JSONBody.object(build))
    }

    /// What could not be done, in one sentence.
    static func failure(
        _ status: HTTPResponse.Status, _ error: String, headers: HTTPFields = [:]
    ) -> Response {
        json(status, headers: headers, encoded: JSONBody.object { $0.set("error", error) })
    }

    /// The answers for a path that is not there, and for a method that it does not take.
    static func unknown(
        _ request: Request, allowed: [String: [HTTPRequest.Method]]
    ) -> Response {
        guard let methods = allowed[request.uri.path] else {
            return failure(
                .notFound, "no such page; there are " + allowed.keys.sorted().joined(separator: " ")
            )
        }
        let names = methods.map(\.rawValue).joined(separator: ", ")
        return failure(.methodNotAllowed, "use \(names)", headers: [.allow: names])
    }
}
