import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// Several consoles at one gateway: the first steers, the others when they ask.
extension AdminSocketTests {
    private func entries(_ action: String, _ gateway: LiveGateway) throws -> [AuditEntry] {
        try AuditReading(stateFolder: gateway.stateFolder).lines.map(\.entry).filter {
            $0.action == action
        }
    }

    private func result(_ remote: RemoteGateway, _ command: Command) async -> CommandResult {
        await withCheckedContinuation { continuation in
            remote.perform(command) { continuation.resume(returning: $0) }
        }
    }

    @Test func `the second console is refused until it is elevated, which is in the audit trail`()
        async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let first = try RemoteGateway(path: path, isConsole: true)
                defer { first.close() }
                #expect(first.standing == .steers)
                let second = try RemoteGateway(path: path, isConsole: true)
                defer { second.close() }
                guard case .beside(let name?) = second.standing else {
                    Issue.record("\(String(describing: second.standing))")
                    return
                }
                #expect(name.hasPrefix(SystemNames.name(of: getuid())))
                #expect(
                    await result(second, .pauseRoute("alba"))
                        == .failed("not allowed: this console is read-only until it is elevated"))
                // The gateway holds that, not the console; and what was refused is written down.
                #expect(second.snapshot([]).routes.first?.state != .paused)
                #expect(try entries("pause_route", gateway).map(\.result) == [.failed])
                #expect(
                    await result(first, .pauseRoute("alba"))
                        == .done("alba is paused; its packets wait"))
                #expect(second.elevate() == .done("this console steers the gateway, too"))
                #expect(second.standing == .steers && first.standing == .steers)
                #expect(await result(second, .resumeRoute("alba")) == .done("alba flows again"))
                #expect(second.elevate() == .unchanged("this console steers already"))
                let entry = try #require(try entries("elevate_console", gateway).last)
                #expect(try entries("elevate_console", gateway).count == 1)
                #expect(entry.actor.uid == getuid() && entry.result == .done)
            }
        }
    }

    @Test func `when the first goes, the others look on, and the next to come steers`() async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                var first: RemoteGateway? = try RemoteGateway(path: path, isConsole: true)
                let second = try RemoteGateway(path: path, isConsole: true)
                defer { second.close() }
                first?.close()
                first = nil
                let isFree = try await eventually {
                    let next = try RemoteGateway(path: path, isConsole: true)
                    defer { next.close() }
                    return next.standing == .steers
                }
                #expect(isFree)
                guard case .beside = second.standing else {
                    Issue.record("\(String(describing: second.standing))")
                    return
                }
                #expect(second.elevate() == .done("this console steers the gateway, too"))
            }
        }
    }

    @Test func `a console that insists steers again when the gateway has come back`() async throws {
        try await withGateway { gateway in
            var consoles: [RemoteGateway] = []
            defer { consoles.forEach { $0.close() } }
            try await withSocket(gateway) { path in
                consoles = [
                    try RemoteGateway(path: path, isConsole: true),
                    try RemoteGateway(path: path, isConsole: true, insists: true),
                ]
                #expect(try await eventually { consoles[1].standing == .steers })
            }
            let isSilent = try await eventually {
                consoles.allSatisfy { $0.snapshot([]).gateway.silentSeconds != nil }
            }
            #expect(isSilent)
            try await withSocket(gateway) { _ in
                let isBack = try await eventually {
                    consoles.allSatisfy { $0.snapshot([]).gateway.silentSeconds == nil }
                }
                #expect(isBack && consoles[1].standing == .steers)
            }
        }
    }

    @Test func `consoles that steered steer again when the gateway was away for a moment`()
        async throws
    {
        try await withGateway { gateway in
            var consoles: [RemoteGateway] = []
            defer { consoles.forEach { $0.close() } }
            try await withSocket(gateway) { path in
                consoles = try (0..<3).map { _ in try RemoteGateway(path: path, isConsole: true) }
                #expect(consoles[1].elevate() == .done("this console steers the gateway, too"))
            }
            let isSilent = try await eventually {
                consoles.allSatisfy { $0.snapshot([]).gateway.silentSeconds != nil }
            }
            #expect(isSilent)
            try await withSocket(gateway) { _ in
                let isBack = try await eventually {
                    consoles.allSatisfy { $0.snapshot([]).gateway.silentSeconds == nil }
                }
                #expect(isBack && consoles.prefix(2).allSatisfy { $0.standing == .steers })
                guard case .beside = consoles[2].standing else {
                    Issue.record("one that looked steers")
                    return
                }
            }
        }
    }

    @Test func `command lines are no consoles, and who only looks cannot be elevated`() async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let console = try RemoteGateway(path: path, isConsole: true)
                defer { console.close() }
                let line = try AdminClient(path: path)
                #expect(line.hello.role == .operator)
                #expect(
                    try line.perform(.pauseRoute("alba"))
                        == .done("alba is paused; its packets wait"))
                #expect(
                    try line.perform(.elevate)
                        == .failed("only a console is elevated; this is none"))
                let looking = try RemoteGateway(path: path, role: .observer, isConsole: true)
                defer { looking.close() }
                #expect(looking.standing == .looks)
                #expect(looking.elevate() == .failed("not allowed: an observer may only look"))
            }
        }
    }

    @Test func `one that only looks leaves the first that steers its place`() async throws {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let looking = try RemoteGateway(path: path, role: .observer, isConsole: true)
                defer { looking.close() }
                let steering = try RemoteGateway(path: path, isConsole: true)
                defer { steering.close() }
                #expect(looking.standing == .looks && steering.standing == .steers)
            }
        }
    }

    @Test func `a console is there as long as one of its connections is`() {
        let consoles = AdminConsoles()
        let isFirst = consoles.enter("a", operatorName: "ann", wantsToSteer: true)
        let isSame = consoles.enter("a", operatorName: "ann", wantsToSteer: false)
        let isSecond = consoles.enter("b", operatorName: "ben", wantsToSteer: true)
        #expect(isFirst && isSame && !isSecond)
        #expect(consoles.steerer(besides: "b") == "ann" && consoles.steerer(besides: "a") == nil)
        consoles.leave("a")
        #expect(consoles.steers("a"))
        consoles.leave("a")
        #expect(!consoles.steers("a") && !consoles.steers("b"))
        consoles.elevate("nobody")
        #expect(!consoles.steers("nobody"))
    }
}
