import ArgumentParser

@main
struct Nanogridata: AsyncParsableCommand {
    func run() async throws {}
}
