import Foundation
import NIOCore

@testable import NanoServe

/// Reads the input as what comes at the admin socket, cut as its first byte says. A request that is a
/// command goes there and back unchanged.
enum AdminCheck {
    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let bytes = input.dropFirst()
        let expected = bytes.split(separator: AdminLine.end, omittingEmptySubsequences: false)
            .dropLast().map(Array.init)
        var lines = AdminLines()
        var found: [[UInt8]] = []
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(Int(first) + 1)
            rest = rest.dropFirst(piece.count)
            do throws(AdminFault) {
                try lines.add(ByteBuffer(bytes: piece))
                while let line = try lines.next() { found.append(line) }
            } catch {
                fatalError("\(input.count) bytes are too many: \(error)")
            }
        }
        guard found == expected else { fatalError("lines depend on how they are cut") }
        for line in found { check(line) }
    }

    private static func check(_ line: [UInt8]) {
        guard let request = try? AdminLine.decode(AdminRequest.self, from: Data(line)),
            let command = try? request.command()
        else { return }
        do {
            let again = try AdminLine.decode(
                AdminRequest.self, from: AdminLine.encode(AdminRequest(command)))
            guard try again.command() == command else { fatalError("\(command) has changed") }
        } catch {
            fatalError("\(command): \(error)")
        }
    }
}
