import Foundation
import Glibc

/// The user namespace that the process is in (user_namespaces(7)).
enum UserNamespace {
    /// Whose files those of users seem to be that the namespace does not know; nil where it knows
    /// all, as that of the host does.
    static var unknownUser: uid_t? {
        guard let map = try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8) else {
            return nil
        }
        let overflow = try? String(
            contentsOfFile: "/proc/sys/kernel/overflowuid", encoding: .utf8)
        return unknownUser(map: map, overflow: overflow ?? "")
    }

    /// The same by what the system says of it.
    ///
    /// - Parameters:
    ///   - map: Lines of the first user inside, the first outside, and how many there are.
    ///   - overflow: The number that stands for users without one; 65534 where it is not known.
    static func unknownUser(map: String, overflow: String) -> uid_t? {
        let known = map.split(separator: "\n").reduce(UInt64(0)) { sum, line in
            sum + (line.split(separator: " ").last.flatMap { UInt64($0) } ?? 0)
        }
        // The last number is nobody's.
        guard known < UInt64(uid_t.max) else { return nil }
        return uid_t(overflow.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 65_534
    }
}
