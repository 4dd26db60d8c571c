namespace Assistant.Training.Scenes;

/// <summary>What kinds of objects have in common, as far as one asks for it.</summary>
public enum SceneGroup
{
    /// <summary>Nothing that one asks for.</summary>
    None,
    /// <summary>Coloured shapes.</summary>
    Shape,
    /// <summary>Dog to turtle.</summary>
    Animal,
    /// <summary>Apple to grapes.</summary>
    Fruit,
    /// <summary>Car to rocket.</summary>
    Vehicle,
    /// <summary>0 to 9.</summary>
    Digit,
    /// <summary>A to Z.</summary>
    Letter,
}

/// <summary>A thing of everyday life, shown as a colour pictograph.</summary>
/// <param name="Name">Its name with an article before it: "dog", "bunch of grapes".</param>
/// <param name="Plural">Its plural.</param>
/// <param name="Group">What it belongs to.</param>
/// <param name="Pictographs">Code points of the emoji that show it; the first is the one that most people would take.</param>
public sealed record SceneThing(string Name, string Plural, SceneGroup Group, IReadOnlyList<int> Pictographs)
{
    /// <summary>The things of the scene world, in the order of their class index.</summary>
    public static IReadOnlyList<SceneThing> All { get; } =
    [
        Animal("dog", 0x1F415, 0x1F436), Animal("cat", 0x1F408, 0x1F431), Animal("horse", 0x1F40E, 0x1F434), Animal("cow", 0x1F404, 0x1F42E),
        Animal("pig", 0x1F416, 0x1F437), Animal("rabbit", 0x1F407, 0x1F430), Animal("bear", 0x1F43B), Animal("lion", 0x1F981), Animal("frog", 0x1F438),
        new("fish", "fish", SceneGroup.Animal, [0x1F41F, 0x1F420]), Animal("bird", 0x1F426), new("butterfly", "butterflies", SceneGroup.Animal, [0x1F98B]),
        Animal("bee", 0x1F41D), Animal("snail", 0x1F40C), Animal("turtle", 0x1F422),
        Fruit("apple", 0x1F34E), Fruit("banana", 0x1F34C), new("strawberry", "strawberries", SceneGroup.Fruit, [0x1F353]), Fruit("lemon", 0x1F34B),
        new("bunch of grapes", "bunches of grapes", SceneGroup.Fruit, [0x1F347]),
        Other("carrot", 0x1F955), new("loaf of bread", "loaves of bread", SceneGroup.None, [0x1F35E]), Other("pizza", 0x1F355), Other("cake", 0x1F370, 0x1F382),
        Vehicle("car", 0x1F697, 0x1F698), new("bus", "buses", SceneGroup.Vehicle, [0x1F68C, 0x1F68D]), Vehicle("bicycle", 0x1F6B2), Vehicle("airplane", 0x2708, 0x1F6E9),
        Vehicle("boat", 0x26F5, 0x1F6A4), Vehicle("train", 0x1F682, 0x1F686), Vehicle("rocket", 0x1F680),
        Other("house", 0x1F3E0, 0x1F3E1), Other("tree", 0x1F333, 0x1F332), Other("flower", 0x1F33C, 0x1F337, 0x1F338, 0x1F33B, 0x1F339), Other("sun", 0x2600, 0x1F31E),
        Other("moon", 0x1F319, 0x1F315), Other("umbrella", 0x2602, 0x2614), Other("ball", 0x26BD), Other("book", 0x1F4D5, 0x1F4D6, 0x1F4D7, 0x1F4D8),
        Other("clock", 0x1F550, 0x23F0), Other("key", 0x1F511), Other("guitar", 0x1F3B8), Other("cup", 0x2615, 0x1F375),
    ];

    private static SceneThing Animal(string name, params int[] pictographs) => new(name, name + "s", SceneGroup.Animal, pictographs);

    private static SceneThing Fruit(string name, params int[] pictographs) => new(name, name + "s", SceneGroup.Fruit, pictographs);

    private static SceneThing Vehicle(string name, params int[] pictographs) => new(name, name + "s", SceneGroup.Vehicle, pictographs);

    private static SceneThing Other(string name, params int[] pictographs) => new(name, name + "s", SceneGroup.None, pictographs);
}
